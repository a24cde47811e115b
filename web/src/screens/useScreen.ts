import { useQuery } from "@tanstack/react-query";
import * as calls from "../api/calls";
import { useSession } from "../app/session";

/** The compiled screen of this person; kept for the session, its hash changes with a release. */
export function useScreen(id: string) {
  const { company } = useSession();
  return useQuery({ queryKey: ["screen", company.id, id], queryFn: () => calls.screen(id), staleTime: 10 * 60_000 });
}
