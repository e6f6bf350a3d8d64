/** An outgoing request. */
export interface OutgoingRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | undefined
}

export interface Reply {
  readonly status: number
  /** By lower-case name; values of the same name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The connection to a server, in this process or elsewhere. */
export interface Transport {
  /** Sends a request to the control API. */
  control(request: OutgoingRequest): Promise<Reply>
  /** Sends a request to a product. */
  serve(request: OutgoingRequest): Promise<Reply>
  /** The address of a product, or of all without a name. Throws without such a port. */
  locate(product: string | undefined, secure: boolean): { readonly origin: string; readonly base: string }
  /** Stops the server, or releases it. */
  stop(): Promise<void>
}

/** The same transport; after `stop`, every other call throws. */
export const untilStopped = (transport: Transport): Transport => {
  let isStopped = false
  const check = () => {
    if (isStopped) throw new Error('the server has been stopped: make no calls after stop(), or start another')
  }
  return {
    control: async request => {
      check()
      return transport.control(request)
    },
    serve: async request => {
      check()
      return transport.serve(request)
    },
    locate: (product, secure) => {
      check()
      return transport.locate(product, secure)
    },
    stop: () => {
      isStopped = true
      return transport.stop()
    }
  }
}
