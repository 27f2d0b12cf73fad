import { layout, u32 } from './layout.ts'

/** ACTIVATION_CONTEXT_DATA_MAGIC: 'Actx'. */
export const ActivationContextMagic = 0x7874_6341

/** ACTIVATION_CONTEXT_DATA, of either width: what a manifest became. */
export const ActivationContextData = layout(0x04, {
  Magic: [0x00, u32],
})
