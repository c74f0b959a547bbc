import type { FaultRule } from "./faults.ts";
import type { WorldLimits } from "./limits.ts";
import { type ActionName, act, isActionName } from "./named-actions.ts";
import type { World } from "./world.ts";

/** One thing that a scenario does: an action, a fault set, or limits changed. */
export type ScenarioStep = {
  /** Milliseconds after the scenario's start, by the world's clock. */
  atMs: number;
} & (
  | { kind: "action"; action: ActionName; args: readonly unknown[] }
  | { kind: "fault"; fault: FaultRule }
  | { kind: "limits"; limits: Partial<WorldLimits> }
);

/** More steps than this are no scenario. */
const STEPS_MAX = 10_000;

/**
 * A scenario out of JSON: `{"steps": [{"at": 0, "action": "addChannel", "args": ["studio"]}, {"at": 5000, "fault": {"kind":
 * "I3.duplicate"}}, {"at": 9000, "limits": {"dupMs": 1}}]}`. `at` is 0 when left out. Throws and names the step that is wrong.
 */
export function readScenario(json: unknown): ScenarioStep[] {
  const steps = isRecord(json) ? json.steps : null;
  if (!Array.isArray(steps)) throw new Error('a scenario is {"steps": […]}');
  if (steps.length > STEPS_MAX) throw new Error(`a scenario has at most ${STEPS_MAX} steps`);
  return steps.map((step: unknown, index) => {
    try {
      return readStep(step);
    } catch (error) {
      throw new Error(`step ${index + 1}: ${error instanceof Error ? error.message : "not readable"}`);
    }
  });
}

function readStep(step: unknown): ScenarioStep {
  if (!isRecord(step)) throw new Error("not an object");
  const atMs = step.at ?? 0;
  if (typeof atMs !== "number" || !(atMs >= 0)) throw new Error("`at` is milliseconds from the start");
  if (isRecord(step.fault)) {
    if (typeof step.fault.kind !== "string") throw new Error("the fault has no kind");
    return { atMs, kind: "fault", fault: step.fault as unknown as FaultRule };
  }
  if (isRecord(step.limits)) return { atMs, kind: "limits", limits: step.limits as Partial<WorldLimits> };
  const action = String(step.action);
  if (!isActionName(action)) throw new Error(`no action ${action}`);
  return { atMs, kind: "action", action, args: Array.isArray(step.args) ? step.args : [] };
}

/**
 * Does the steps at their times. Those of time 0 are done before it returns, and their results are given (null of the
 * others). A later step that fails is logged, and the others go on.
 */
export function playScenario(world: World, steps: readonly ScenarioStep[]): unknown[] {
  return steps.map((step) => {
    if (step.atMs === 0) return perform(world, step);
    world.clock.after(step.atMs, () => {
      try {
        perform(world, step);
      } catch (error) {
        world.log.add("control", "note", null, "scenario step failed", {
          kind: step.kind === "action" ? step.action : step.kind,
          problem: error instanceof Error ? error.message : "failed",
        });
      }
    });
    return null;
  });
}

function perform(world: World, step: ScenarioStep): unknown {
  switch (step.kind) {
    case "action":
      return act(world, step.action, step.args);
    case "fault":
      world.faults.add(step.fault);
      return null;
    case "limits":
      setLimits(world, step.limits);
      return null;
  }
}

/** Changes those limits that there are; other names are left out. */
export function setLimits(world: World, given: object): void {
  Object.assign(world.limits, Object.fromEntries(Object.entries(given).filter(([key]) => key in world.limits)));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
