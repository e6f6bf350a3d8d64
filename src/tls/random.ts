import { randomBytes } from 'node:crypto'

/** Random hexadecimal digits, two for each byte. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** A positive number of 16 bytes in hexadecimal, without the sign bit (RFC 5280, 4.1.2.2). */
export const randomSerialNumber = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.toString('hex')
}
