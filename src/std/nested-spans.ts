import { nestedSpansBinary } from './nested-spans-binary.ts';

/** What the kernel (nested-spans.wat) says about the bytes of one JSON object. */
export interface NestedSpans {
  /**
   * Start and end of each container inside the object, one level down, in order: start, end,
   * start, end … A view of the kernel's memory that the next call writes over.
   */
  readonly bounds: Uint32Array;
  /** Number of keys at all levels, counted as colons outside strings. */
  readonly keys: number;
}

interface Kernel {
  readonly input: Uint8Array;
  readonly spans: Uint32Array;
  readonly keys: Uint32Array;
  readonly find: (length: number, depthMax: number) => number;
}

/** The part of the global `WebAssembly` that is used here; TypeScript has it with the DOM only. */
interface WebAssemblyGlobal {
  readonly validate: (binary: Uint8Array) => boolean;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly findNestedSpans: Kernel['find'];
    };
  };
}

// The layout of the kernel's memory, as in nested-spans.wat.
const DEPTH_MAX = 1024;
const KEYS_AT = 1024;
const SPANS_AT = 4096;
const SPANS_MAX = 4096;
const INPUT_AT = 65_536;
const INPUT_BYTES_MAX = 4 * 1024 * 1024;

const kernel: Kernel | undefined = loadKernel();

/**
 * Finds the containers one level inside the JSON object that the bytes hold. Undefined where the
 * kernel cannot tell: malformed or too deep, too long or too many for its memory, or the machine
 * has no SIMD. Inside strings and between values, whatever does not concern brackets is let pass.
 */
export function findNestedSpans(bytes: Uint8Array, depthMax: number): NestedSpans | undefined {
  if (kernel === undefined || bytes.length > INPUT_BYTES_MAX) return undefined;
  kernel.input.set(bytes);
  const count = kernel.find(bytes.length, Math.min(depthMax, DEPTH_MAX));
  if (count < 0) return undefined;
  return { bounds: kernel.spans.subarray(0, 2 * count), keys: kernel.keys[0] ?? 0 };
}

/** Compiled with the module: it is less than a kilobyte, and nothing then waits for it. */
function loadKernel(): Kernel | undefined {
  // Absent when Node runs with --jitless; invalid where the processor lacks SIMD.
  const { WebAssembly: wasm } = globalThis as { readonly WebAssembly?: WebAssemblyGlobal };
  const binary = Buffer.from(nestedSpansBinary, 'base64');
  if (wasm === undefined || !wasm.validate(binary)) return undefined;
  const { memory, findNestedSpans: find } = new wasm.Instance(new wasm.Module(binary)).exports;
  return {
    input: new Uint8Array(memory.buffer, INPUT_AT, INPUT_BYTES_MAX),
    spans: new Uint32Array(memory.buffer, SPANS_AT, 2 * SPANS_MAX),
    keys: new Uint32Array(memory.buffer, KEYS_AT, 1),
    find,
  };
}
