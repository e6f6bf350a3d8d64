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
  /** By their names in small letters; several of one name in one, with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The way to a server, in this process or elsewhere. */
export interface Transport {
  /** Asks the control API. */
  control(request: OutgoingRequest): Promise<Reply>
  /** Asks what the products answer to. */
  serve(request: OutgoingRequest): Promise<Reply>
  /** Where a product is found; without a name, where all are. Throws where it listens on no such port. */
  locate(product: string | undefined, secure: boolean): { readonly origin: string; readonly base: string }
  /** Ends the server, or lets go of it. */
  stop(): Promise<void>
}

/** The same transport until it is stopped; from then on every call but `stop` throws. */
export const untilStopped = (transport: Transport): Transport => {
  let isStopped = false
  const check = () => {
    if (isStopped) throw new Error('it has been stopped: call nothing after stop(), or start another')
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
