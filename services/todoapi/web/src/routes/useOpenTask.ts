import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** Opens a task beside whatever screen is shown, or closes it. */
export function useOpenTask(): (id: string | undefined) => void {
  const navigate = useNavigate();
  return useCallback((task) => void navigate({ to: ".", search: (search) => ({ ...search, task }) }), [navigate]);
}
