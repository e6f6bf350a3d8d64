import { products } from '../../routes/index.js'
import { createParse } from '../../src/scenario/parse.js'
import type { Story } from '../../src/story.js'

const parse = createParse(products)

/** The story that this YAML tells. */
export const storyOf = (text: string): Story => parse({ name: 'story.yaml', text }).story
