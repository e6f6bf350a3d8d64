

export { pino } from 'pino'
