import { CANDM_ADDRESS_BYTES } from './candm-address.js';

const REFID = CANDM_ADDRESS_BYTES;
const MASK = REFID + 4;
const OPTIONS = MASK + 4;
const BYTES = OPTIONS + 4;

/** SRC_SELECT_NOSELECT: `mask` is in chronyd's inner numbers. */
const MASK_NOSELECT = 0x01;
/** REQ_ADDSRC_NOSELECT: `options` is in those of the command that adds a source. 1 would be "online", and ignored. */
const OPTION_NOSELECT = 0x10;

/**
 * The data of a MODIFY_SELECTOPTS request (32 bytes) that sets or clears a refclock's `noselect`: an IPAddr of
 * no family, which says that the refid counts; u32 refid, u32 mask, u32 options. Source: chrony's candm.h
 * REQ_Modify_SelectOpts, sources.h and cmdmon.c.
 *
 * @param refId 32 bits.
 */
export function encodeSelectable(refId: number, selectable: boolean): Uint8Array {
  const data = new Uint8Array(BYTES);
  const view = new DataView(data.buffer);
  view.setUint32(REFID, refId);
  view.setUint32(MASK, MASK_NOSELECT);
  view.setUint32(OPTIONS, selectable ? 0 : OPTION_NOSELECT);
  return data;
}
