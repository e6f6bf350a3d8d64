/** Called with the reason when the first key is refused, and with none when no key is any more. */
export type OnRefusal = (reason: string | undefined) => void

/** The keys whose commands the engine refuses. In a cluster, one node may refuse its keys while the others accept theirs. */
export class Refusals {
  readonly #reasons = new Map<string, string>()
  readonly #onChange: OnRefusal

  constructor(onChange: OnRefusal) {
    this.#onChange = onChange
  }

  /** The reason for one of the keys. */
  get reason(): string | undefined {
    const [reason] = this.#reasons.values()
    return reason
  }

  get keys(): readonly string[] {
    return [...this.#reasons.keys()]
  }

  add(key: string, reason: string): void {
    const isFirst = this.#reasons.size === 0
    this.#reasons.set(key, reason)
    if (isFirst) this.#onChange(reason)
  }

  remove(key: string): void {
    if (this.#reasons.delete(key) && this.#reasons.size === 0) this.#onChange(undefined)
  }
}
