import type { Change } from "../api/types";
import { type Board, merge, remove } from "../features/tasks/board";

/** Takes one entry of the change feed into the board. Entries come in the order of seq, each once. */
export function applyChange(board: Board, change: Change): Board {
  if (change.seq <= board.head) return board;
  return { ...applyTask(board, change), head: change.seq };
}

function applyTask(board: Board, change: Change): Board {
  if (change.type === "task.deleted" && change.taskId) return remove(board, change.taskId);
  // A type that this build does not know still carries the task as it is now.
  return change.after ? merge(board, change.after) : board;
}
