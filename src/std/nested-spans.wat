;; Where the nested containers of a JSON object start and end, 64 bytes at a time.
;;
;; This is the first stage of simdjson (Langdale and Lemire, "Parsing Gigabytes of JSON per Second",
;; section 3.1): bit i of an i64 mask stands for byte i of the block, so that which quotes are
;; escaped and which bytes are inside strings comes from a few operations on whole masks.
;;
;; It judges nothing: whatever is out of the ordinary (brackets that do not match, too deep, too
;; many spans, a string left open, a backslash outside strings, which the JavaScript walker reads
;; differently) returns -1, and the walker goes over the bytes to say what is wrong.
;;
;; Memory: 0 the stack of open brackets, one byte each, up to 1024
;;         1024 number of colons outside strings (u32)
;;         4096 spans: start and end as u32 pairs, up to 4096 pairs
;;         65536 the input, up to 4 MiB, and room for its padding
;; nested-spans.ts holds the same numbers.
(module
  (memory (export "memory") 66 66)

  ;; Which of the 64 bytes at $at are $byte.
  (func $mask (param $at i32) (param $byte i32) (result i64)
    (local $wanted v128)
    (local.set $wanted (i8x16.splat (local.get $byte)))
    (i64.or
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $wanted)
          (v128.load (local.get $at)))))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $wanted)
          (v128.load offset=16 (local.get $at)))))
          (i64.const 16)))
      (i64.or
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $wanted)
          (v128.load offset=32 (local.get $at)))))
          (i64.const 32))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $wanted)
          (v128.load offset=48 (local.get $at)))))
          (i64.const 48)))))

  (func (export "findNestedSpans") (param $length i32) (param $depthMax i32) (result i32)
    (local $block i32) (local $end i32)
    (local $quotes i64) (local $slashes i64) (local $brackets i64)
    (local $escapes i64) (local $escaped i64) (local $strings i64) (local $outside i64)
    (local $escapeCarry i64) ;; 1 if the last block ended in a backslash that escapes
    (local $stringCarry i64) ;; all ones if the last block ended inside a string
    (local $keys i64) (local $depth i32) (local $at i32) (local $byte i32) (local $span i32)
    (local.set $block (i32.const 65536))
    (local.set $end (i32.add (local.get $block) (local.get $length)))
    (local.set $span (i32.const 4096))
    ;; What an earlier call left after the end must not be read.
    (memory.fill (local.get $end) (i32.const 0) (i32.const 64))
    (block $done (loop $blocks
      (br_if $done (i32.ge_u (local.get $block) (local.get $end)))
      (local.set $quotes (call $mask (local.get $block) (i32.const 0x22)))
      (local.set $slashes (call $mask (local.get $block) (i32.const 0x5c)))
      ;; A byte after an odd run of backslashes is escaped. Of the backslashes that may start an
      ;; escape, the subtraction carries through each run and so finds every other one of it.
      (local.set $escapes
        (i64.and (local.get $slashes) (i64.xor (local.get $escapeCarry) (i64.const -1))))
      (local.set $escapes (i64.xor (i64.const 0xaaaaaaaaaaaaaaaa) (i64.sub
        (i64.or (i64.shl (local.get $escapes) (i64.const 1)) (i64.const 0xaaaaaaaaaaaaaaaa))
        (local.get $escapes))))
      (local.set $escaped (i64.xor (local.get $escapes)
        (i64.or (local.get $slashes) (local.get $escapeCarry))))
      (local.set $escapeCarry
        (i64.shr_u (i64.and (local.get $escapes) (local.get $slashes)) (i64.const 63)))
      ;; Prefix xor over the quotes that are not escaped: all ones from each opening quote to before
      ;; its closing one.
      (local.set $strings
        (i64.and (local.get $quotes) (i64.xor (local.get $escaped) (i64.const -1))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 1))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 2))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 4))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 8))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 16))))
      (local.set $strings (i64.xor (local.get $strings)
        (i64.shl (local.get $strings) (i64.const 32))))
      (local.set $strings (i64.xor (local.get $strings) (local.get $stringCarry)))
      (local.set $stringCarry (i64.shr_s (local.get $strings) (i64.const 63)))
      (local.set $outside (i64.xor (local.get $strings) (i64.const -1)))
      (if (i64.ne (i64.and (local.get $slashes) (local.get $outside)) (i64.const 0))
        (then (return (i32.const -1))))
      ;; Most blocks of a long prompt are inside one string.
      (if (i64.ne (local.get $outside) (i64.const 0))
        (then
          (local.set $keys (i64.add (local.get $keys) (i64.popcnt (i64.and (local.get $outside)
            (call $mask (local.get $block) (i32.const 0x3a))))))
          (local.set $brackets (i64.and (local.get $outside) (i64.or
            (i64.or (call $mask (local.get $block) (i32.const 0x5b))
              (call $mask (local.get $block) (i32.const 0x5d)))
            (i64.or (call $mask (local.get $block) (i32.const 0x7b))
              (call $mask (local.get $block) (i32.const 0x7d))))))))
      (block $none (loop $each
        (br_if $none (i64.eqz (local.get $brackets)))
        (local.set $at
          (i32.add (local.get $block) (i32.wrap_i64 (i64.ctz (local.get $brackets)))))
        (local.set $brackets ;; without its lowest bit
          (i64.and (local.get $brackets) (i64.sub (local.get $brackets) (i64.const 1))))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.and (local.get $byte) (i32.const 4)) ;; set in both closing ones only
          (then
            (if (i32.eqz (local.get $depth)) (then (return (i32.const -1))))
            (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
            ;; An opening bracket and its closing one differ by 6, also in ASCII's bits.
            (if (i32.ne (i32.const 6)
                  (i32.xor (local.get $byte) (i32.load8_u (local.get $depth))))
              (then (return (i32.const -1))))
            (if (i32.eq (local.get $depth) (i32.const 1))
              (then
                (i32.store offset=4 (local.get $span) (i32.sub (local.get $at) (i32.const 65535)))
                (local.set $span (i32.add (local.get $span) (i32.const 8))))))
          (else
            (if (i32.ge_s (local.get $depth) (local.get $depthMax))
              (then (return (i32.const -1))))
            (if (i32.eq (local.get $depth) (i32.const 1))
              (then
                (if (i32.ge_u (local.get $span) (i32.const 36864))
                  (then (return (i32.const -1))))
                (i32.store (local.get $span) (i32.sub (local.get $at) (i32.const 65536)))))
            (i32.store8 (local.get $depth) (local.get $byte))
            (local.set $depth (i32.add (local.get $depth) (i32.const 1)))))
        (br $each)))
      (local.set $block (i32.add (local.get $block) (i32.const 64)))
      (br $blocks)))
    (if (i64.ne (local.get $stringCarry) (i64.const 0)) (then (return (i32.const -1))))
    (if (local.get $depth) (then (return (i32.const -1))))
    (i64.store32 (i32.const 1024) (local.get $keys))
    (i32.shr_u (i32.sub (local.get $span) (i32.const 4096)) (i32.const 3))))
