/** Deliberate faults of the server's certificate: expired, for another host, self-signed, or signed by an unknown authority. */
export const tlsFaults = ['expired', 'wrong-host', 'self-signed', 'untrusted'] as const
export type TlsFault = (typeof tlsFaults)[number]
