import { isError } from './node-globals.js'

/** Whether this is an error of the operating system, with a `code` such as ENOENT. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  isError(error) && 'syscall' in error && 'code' in error
