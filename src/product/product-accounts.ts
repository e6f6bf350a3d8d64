import type { JSONSchema } from 'json-schema-to-ts'
import type { Account } from '../state/accounts.js'

/** The accounts of a product. Account data: the properties of an account for this product. */
export interface ProductAccounts {
  /** Schema of the account data of this product. */
  readonly schema: JSONSchema
  /** Default account data. */
  defaults(account: Pick<Account, 'login' | 'position'>): object
  /** Whether accounts with this account data cannot log in. Locking an account ends its sessions. */
  isLocked?(data: object): boolean
  /** Tokens in the account data that are valid without a login: they never expire, and no logout ends them. */
  fixedTokens?(data: object): readonly string[]
  /** Properties that identify an account, so that no two accounts may have the same value; each with the property that it needs, if any. */
  readonly unique?: Readonly<Record<string, string | undefined>>
  /** Login names are case-insensitive. */
  readonly caseInsensitive?: boolean
  /** Description of additional login fields of the account demo. */
  readonly demo?: string
}
