/**
 * The known key that `given` was probably meant to be: at most two letters wrong, missing, added or swapped
 * (one where only five letters or fewer were given); undefined when none is that near.
 */
export function nearestKey(given: string, known: readonly string[]): string | undefined {
  // `-` and capitals are how other programs write such keys, so they count for nothing.
  const plain = given.toLowerCase().replaceAll('-', '_');
  if (plain.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = plain.length <= 5 ? 2 : 3;
  for (const key of known) {
    const distance = editDistance(plain, key);
    if (distance < bestDistance) {
      best = key;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters to insert, delete, replace or swap with their neighbour to get from `a` to `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const cost = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(cost, (beforeLast[j - 2] ?? 0) + 1) : cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
