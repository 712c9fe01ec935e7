import type { ReactElement } from 'react';
import type { ScenariosAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { ConflictNote } from '../../drafts/conflict-note.tsx';
import { SaveBar } from '../../drafts/save-bar.tsx';
import type { Saving } from '../../drafts/use-saving.ts';
import { WhoChanged } from '../../drafts/who-changed.tsx';
import { isJsonObject } from '../../format/json-value.ts';
import { CodeBlock } from '../../ui/code-block.tsx';

/** A text of scenarios that is not saved yet. */
export function ScenarioBar(props: {
  readonly answer: ScenariosAnswer;
  readonly saving: Saving<ScenariosAnswer>;
}): ReactElement | null {
  const { answer, saving } = props;
  const { draft } = saving;
  if (!draft.isDirty) return null;
  return (
    <SaveBar
      saving={saving}
      canSave
      conflict={
        <ConflictNote saving={saving} canSave details={<FileNow text={answer.text} />}>
          The file was changed since you began. <WhoWrote etag={answer.etag} />
        </ConflictNote>
      }
    >
      Changed: the scenarios
    </SaveBar>
  );
}

/** Whoever wrote it with an editor has no entry in the log. */
function WhoWrote({ etag }: { readonly etag: string }): ReactElement {
  return (
    <WhoChanged
      about={{ action: 'scenarios.write' }}
      change={etag}
      isIt={({ after }) => isJsonObject(after) && after['etag'] === etag}
    />
  );
}

function FileNow({ text }: { readonly text: string }): ReactElement {
  return (
    <details>
      <summary>What is there now</summary>
      {text === '' ? (
        <p>Nothing: the file is empty, or gone.</p>
      ) : (
        <CodeBlock label="The file as it is now" text={text} />
      )}
    </details>
  );
}
