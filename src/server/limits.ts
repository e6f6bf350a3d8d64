import { type Settings, settings } from '../config/settings.js'

/** Limits for clients: bytes, numbers, and milliseconds. */
export type Limits = Pick<
  Settings,
  'maxConnections' | 'maxPipelined' | 'maxHeaderSize' | 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'
>

/** The limits among the settings. */
export const limitsOf = (settings: Limits): Limits => {
  const { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout } = settings
  return { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout }
}

export const defaultLimits: Limits = {
  maxConnections: settings.maxConnections.fallback,
  maxPipelined: settings.maxPipelined.fallback,
  maxHeaderSize: settings.maxHeaderSize.fallback,
  headersTimeout: settings.headersTimeout.fallback,
  requestTimeout: settings.requestTimeout.fallback,
  keepAliveTimeout: settings.keepAliveTimeout.fallback
}

/** The time options of a Node.js server. Headers are part of a request, so that their limit cannot exceed its limit. */
export const timeouts = ({ headersTimeout, requestTimeout }: Pick<Limits, 'headersTimeout' | 'requestTimeout'>) => {
  const shorter = Math.min(headersTimeout, requestTimeout)
  return { headersTimeout: shorter, connectionsCheckingInterval: Math.ceil(Math.min(shorter, 10_000)) }
}
