import * as v from 'valibot';
import type { SavedState } from './saved-state.js';

/** Grows when an older daemon would misread the file. */
export const STATE_VERSION = 1;

const u64 = v.pipe(
  v.string(),
  v.regex(/^\d{1,20}$/, 'not a decimal number'),
  v.transform((digits) => BigInt(digits)),
  v.maxValue(2n ** 64n - 1n, 'beyond 64 bits'),
);

const schema = v.object({
  version: v.literal(STATE_VERSION),
  boot_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'not a boot id')),
  marker: v.nullable(u64),
  generation: v.nullable(u64),
  phc_name: v.pipe(v.string(), v.maxLength(256)),
  shift_seconds: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(-86400), v.maxValue(86400))),
  tai_offset: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(-32768), v.maxValue(32767))),
  saved_at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

/** The state, or what is wrong with the text. */
export type DecodedState =
  | { readonly ok: SavedState; readonly problem?: never }
  | { readonly problem: string; readonly ok?: never };

/** The file's text: JSON, integers of 64 bits as decimal strings. */
export function encodeState(state: SavedState): string {
  const file: v.InferInput<typeof schema> = {
    version: STATE_VERSION,
    boot_id: state.bootId,
    marker: state.marker?.toString() ?? null,
    generation: state.generation?.toString() ?? null,
    phc_name: state.phcName,
    shift_seconds: state.shiftSeconds,
    tai_offset: state.taiOffset,
    ...(state.savedAt === undefined ? {} : { saved_at: state.savedAt }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Reads what `encodeState` wrote. Pure, and never throws: the file is anybody's. */
export function decodeState(text: string): DecodedState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const result = v.safeParse(schema, json);
  if (!result.success) return { problem: describe(result.issues[0]) };
  const file = result.output;
  return {
    ok: {
      bootId: file.boot_id,
      marker: file.marker,
      generation: file.generation,
      phcName: file.phc_name,
      shiftSeconds: file.shift_seconds,
      taiOffset: file.tai_offset,
      ...(file.saved_at === undefined ? {} : { savedAt: file.saved_at }),
    },
  };
}

function describe(issue: v.InferIssue<typeof schema>): string {
  return `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`;
}
