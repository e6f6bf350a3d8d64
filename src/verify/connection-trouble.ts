/** Connection errors by code, with a remedy. */
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the server closed the connection without a response',
  EPIPE: 'the server closed the connection without a response',
  ETIMEDOUT: 'the server does not respond',
  EHOSTUNREACH: 'there is no route to this host',
  ENETUNREACH: 'there is no route to this network',
  EPROTO: 'the server has no TLS at this port, or no supported version; is the scheme http:?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server has no TLS at this port; is the scheme http:?',
  HPE_INVALID_CONSTANT: 'the server has no plain HTTP at this port; is the scheme https:?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name it with --ca FILE, or accept any with --insecure',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure',
  CERT_HAS_EXPIRED: 'its certificate has expired; accept it with --insecure',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; accept it with --insecure'
}

type ConnectionError = NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }

/** The reason why a server cannot be reached. */
export const connectionTrouble = (error: ConnectionError, origin: string): string => {
  const first = error.errors?.[0] ?? error
  const words = codes[first.code ?? ''] ?? (first.message || String(first.code))
  return `${origin} cannot be reached: ${words}${first.code === undefined ? '' : ` (${first.code})`}`
}
