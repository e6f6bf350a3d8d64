/** The first byte of every TLS handshake (RFC 8446, 5.1). */
export const tlsHandshake = 0x16
