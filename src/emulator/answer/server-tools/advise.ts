import type { ServerTool } from './server-tool.ts';

/** A second model's advice; here nobody is asked twice. */
export const advise: ServerTool = {
  kind: 'server',
  resultType: 'advisor_tool_result',
  input: () => ({}),
  run: () => ({
    content: {
      type: 'advisor_result',
      text: 'This advice is emulated; no second model was asked.',
      stop_reason: 'end_turn',
    },
    said: 'An emulated advisor had nothing to add.',
    passages: [],
    foundTools: [],
  }),
};
