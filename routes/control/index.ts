import type { Endpoint } from '../../src/control/endpoint.js'
import { caEndpoints } from './ca.js'
import { clockEndpoints } from './clock.js'
import { dashboardEndpoints } from './dashboard.js'
import { healthEndpoints } from './health.js'
import { holdEndpoints } from './holds.js'
import { liveEndpoints } from './live.js'
import { openapiEndpoints } from './openapi.js'
import { requestEndpoints } from './requests.js'
import { scenarioEndpoints } from './scenario.js'
import { sessionEndpoints } from './sessions.js'
import { snapshotEndpoints } from './snapshot.js'
import { spaceEndpoints } from './spaces.js'
import { verifyEndpoints } from './verify.js'

/** All endpoints of the control API. */
export const endpoints: readonly Endpoint[] = [
  ...healthEndpoints,
  ...scenarioEndpoints,
  ...clockEndpoints,
  ...sessionEndpoints,
  ...requestEndpoints,
  ...verifyEndpoints,
  ...spaceEndpoints,
  ...snapshotEndpoints,
  ...holdEndpoints,
  ...liveEndpoints,
  ...openapiEndpoints,
  ...caEndpoints,
  ...dashboardEndpoints
]
