export { default as inject } from 'light-my-request'
