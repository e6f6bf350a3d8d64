import { FakeSystemClock } from './fake-system-clock.js'

/** A clock by which each slice of long work is over at once, so that other requests come in between all of them. */
export class HastyClock extends FakeSystemClock {
  #elapsed = 0
  #left = 0
  #begun: () => void = () => undefined

  override elapsed(): number {
    this.#elapsed += 10
    this.#left -= 1
    if (this.#left === 0) this.#begun()
    return this.#elapsed
  }

  /** Resolves when some slices from now on are over. */
  someSlices(): Promise<void> {
    this.#left = 20
    return new Promise(resolve => {
      this.#begun = resolve
    })
  }
}
