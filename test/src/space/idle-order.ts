import fc from 'fast-check'
import t from 'tap'
import type { Space } from '../../../src/space/space.js'
import { IdleOrder } from '../../../src/space/spaces.js'

/** All that the order knows of a space. */
const spaceOf = (isBusy: boolean) => ({ isBusy, lastUse: 0 }) as Space

t.test(
  'the longest idle space is the one that was used or added longest ago, whatever happens in between',
  async () => {
    const step = fc.record({
      do: fc.constantFrom('add', 'touch', 'delete', 'drop', 'busy'),
      which: fc.nat({ max: 20 })
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const order = new IdleOrder()
        let model: Space[] = []
        const toEnd = (space: Space) => {
          model = [...model.filter(each => each !== space), space]
        }
        return steps.every(({ do: what, which }) => {
          const space = model[which % Math.max(model.length, 1)]
          if (what === 'add' || !space) {
            const added = spaceOf(false)
            order.add(added)
            toEnd(added)
          } else if (what === 'touch') {
            order.touch(space)
            toEnd(space)
          } else if (what === 'busy') Object.assign(space, { isBusy: !space.isBusy })
          else if (what === 'delete') {
            order.delete(space)
            model = model.filter(each => each !== space)
          } else {
            const idlest = model.find(({ isBusy }) => !isBusy)
            // Busy spaces that were passed count as used.
            for (const busy of model.slice(0, idlest ? model.indexOf(idlest) : model.length)) toEnd(busy)
            if (order.findIdlest() !== idlest) return false
            if (idlest) order.delete(idlest)
            model = model.filter(each => each !== idlest)
          }
          return order.size === model.length
        })
      }),
      { numRuns: 500 }
    )
  }
)
