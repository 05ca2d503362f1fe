import fc from 'fast-check'
import { afterAll, inject, vi } from 'vitest'

fc.configureGlobal({ seed: inject('seed') })

// The next file runs in the same process.
afterAll(() => void vi.restoreAllMocks())
