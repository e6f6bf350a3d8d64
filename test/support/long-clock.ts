import { FakeSystemClock } from './fake-system-clock.js'

/** A clock in which sleeps end only by an abort. */
export class LongClock extends FakeSystemClock {
  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }))
  }
}
