import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { endpoints } from '../routes/control/index.js'
import { schemas } from '../routes/control/schemas.js'
import { describeControl } from '../src/control/openapi.js'

/** The source of `src/client/api-types.ts`: a type for each schema of the control API, used by server, client and dashboard. */
export const apiTypes = async (): Promise<string> => {
  const { components = {}, ...document } = describeControl(endpoints, schemas, '0.0.0') as OpenAPI3
  const types = await openapiTS(
    { ...document, paths: {}, components: { schemas: components.schemas ?? {} } },
    { immutable: true, rootTypes: true, rootTypesNoSchemaPrefix: true, silent: true }
  )
  return `// Generated from the schemas of the control API by \`npm run generate\`.\n\n${plain(astToString(types))}`
}

/** Removes empty types, and makes comments of the descriptions. */
const plain = (text: string): string =>
  text
    .replace(/^export type (?:paths|webhooks|operations|\$defs) = .*\n/gm, '')
    .replace(/^ *\* (?:@enum \{unknown\}|Format: \S+)\n/gm, '')
    .replace(/^ *\/\*\* (?:@enum \{unknown\}|Format: \S+) \*\/\n/gm, '')
    .replace(/@description /g, '')
