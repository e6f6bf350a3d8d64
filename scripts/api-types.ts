import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { endpoints } from '../routes/control/index.js'
import { schemas } from '../routes/control/schemas.js'
import { describeControl } from '../src/control/openapi.js'

/** The module with a type for every schema of the control API: the one source of the types of server, client and dashboard. */
export const apiTypes = async (): Promise<string> => {
  const { components = {}, ...document } = describeControl(endpoints, schemas, '0.0.0') as OpenAPI3
  const types = await openapiTS(
    { ...document, paths: {}, components: { schemas: components.schemas ?? {} } },
    { immutable: true, rootTypes: true, rootTypesNoSchemaPrefix: true, silent: true }
  )
  return `// Made by \`npm run generate\` from the schemas of the control API.\n\n${plain(astToString(types))}`
}

/** Without types that are always empty, and with descriptions as other comments have them. */
const plain = (text: string): string =>
  text
    .replace(/^export type (?:paths|webhooks|operations|\$defs) = .*\n/gm, '')
    .replace(/^ *\* (?:@enum \{unknown\}|Format: \S+)\n/gm, '')
    .replace(/^ *\/\*\* (?:@enum \{unknown\}|Format: \S+) \*\/\n/gm, '')
    .replace(/@description /g, '')
