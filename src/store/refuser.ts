import type { ServerResponse } from 'node:http'
import type { ReceivedRequest } from '../exchange/admission.js'
import { type ExchangeSinks, refuseCall } from '../exchange/answer-call.js'
import { ProductCall } from '../exchange/call.js'
import { Client } from '../exchange/recipient.js'
import { Recorder } from '../exchange/recorder.js'
import { createDelivery } from '../http/delivery.js'
import { Events } from '../journal/events.js'
import { JournalBudget } from '../journal/journal-budget.js'
import { Failure } from '../product/failure.js'
import type { Scenario } from '../scenario/scenario.js'
import { Space } from '../space/space.js'
import type { SpaceDeps } from '../space/space-deps.js'
import { Bounds } from '../state/bounds.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ReplicationParts } from './replication.js'

/** The refuser of an app: refused requests are logged and counted, but in no journal. */
export const createRefuser = ({
  spaceDeps,
  scenario,
  products,
  context: { metrics },
  onExchange,
  failed
}: ReplicationParts): Refuser => {
  const events = new Events()
  const recorder = new Recorder({ products, events, metrics, onExchange, failed })
  const { limits } = spaceDeps.bounds
  const bounds = new Bounds({ limits, elapsed: () => 0, onDrop: () => undefined })
  const deps = { ...spaceDeps, bounds, events, journal: 0, journalBudget: new JournalBudget() }
  return new Refuser(deps, scenario, { record: recorder.recordExchange, deliver: createDelivery(failed) })
}

/** Refuses requests that cannot be executed, with the responses of their products. */
export class Refuser {
  readonly #deps: Omit<SpaceDeps, 'runtimeOf' | 'audit'>
  readonly #scenario: Scenario
  readonly #sinks: ExchangeSinks
  readonly #spaces = new Map<string, Space>()

  constructor(deps: Omit<SpaceDeps, 'runtimeOf' | 'audit'>, scenario: Scenario, sinks: ExchangeSinks) {
    this.#deps = deps
    this.#scenario = scenario
    this.#sinks = sinks
  }

  refuse(
    { product, operation, request, spaceName, credentials }: ReceivedRequest,
    response: ServerResponse,
    detail: string
  ): void {
    const space = this.#space(spaceName ?? defaultSpaceName)
    const call = new ProductCall(product, operation, request, space, credentials)
    const failure = new Failure('unavailable', { why: { reason: 'store', detail } })
    void refuseCall(call, new Client(response), this.#sinks, failure)
  }

  /** A space for refusals only. */
  #space(name: string): Space {
    const known = this.#spaces.get(name)
    if (known) return known
    if (this.#spaces.size > 1000) this.#spaces.clear()
    const space = new Space(name, this.#deps, { findTokenOwner: () => undefined })
    space.begin(this.#scenario)
    this.#spaces.set(name, space)
    return space
  }
}
