import { isSettingsChange, isTaskChange } from "../api/change";
import type { Change } from "../api/types";
import { type Board, merge, remove } from "../features/tasks/board";

/** Takes one entry of the change feed into the board. Entries come in the order of seq, each once. */
export function applyChange(board: Board, change: Change): Board {
  if (change.seq <= board.head) return board;
  return { ...applyState(board, change), head: change.seq };
}

/** Changes of what the board does not hold move its head alone. */
function applyState(board: Board, change: Change): Board {
  if (isSettingsChange(change)) return change.after ? { ...board, zone: change.after.zone } : board;
  if (!isTaskChange(change)) return board;
  if (change.type === "task.deleted") return remove(board, change.id);
  // A type that this build does not know still carries the task as it is now.
  return change.after ? merge(board, change.after) : board;
}
