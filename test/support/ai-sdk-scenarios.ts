/** Answers that the tests of the AI SDK need to the letter; all others are the emulator's own. */
export const aiSdkScenarios: string = `
scenarios:
  - name: a sequence in the middle
    match: { last_user_text: Count to ten }
    respond: { content: 'one two three STOP four' }
  - name: characters of several bytes
    match: { last_user_text: Greet Cologne }
    respond: { content: 'Grüße aus Köln 👩‍👩‍👧 und 東京' }
  - name: refused
    match: { last_user_text: Help me with that }
    respond: { content: I started. , stop_reason: refusal, stop_details: { type: refusal, category: cyber, explanation: This was declined. } }
  - name: two calls at once
    match: { last_user_text: Compare Lisbon and Porto }
    respond:
      content:
        - { type: text, text: Let me look at both. }
        - { type: tool_use, name: weather, input: { city: Lisbon, unit: c } }
        - { type: tool_use, name: weather, input: { city: Porto, unit: f } }
    times: 1000
    then:
      - respond: { content: Porto is cooler. }
  - name: one call after another
    match: { last_user_text: First the weather and then the time }
    respond:
      content: [{ type: tool_use, name: weather, input: { city: Faro, unit: c } }]
    times: 1000
    then:
      - respond:
          content: [{ type: tool_use, name: clock, input: {} }]
      - respond: { content: Noon and 21 degrees. }
  - name: a call that fails
    match: { last_user_text: Break it }
    respond:
      content: [{ type: tool_use, name: broken, input: { part: lever } }]
    times: 1000
    then:
      - respond: { content: The lever is broken. }
  - name: thought and called
    match: { last_user_text: Think and look }
    respond:
      content:
        - { type: thinking, thinking: The user wants the weather. }
        - { type: text, text: Let me look. }
        - { type: tool_use, name: weather, input: { city: Lisbon, unit: c } }
    times: 1000
    then:
      - respond: { content: It is 21 degrees. }
  - name: thought
    match: { last_user_text: Think about it }
    respond:
      content:
        - { type: thinking, thinking: Let me think about it. }
        - { type: text, text: I thought about it. }
  - name: fenced
    match: { last_user_text: Give me JSON }
    respond: { content: "\`\`\`json\\n{\\"city\\": \\"Lisbon\\", \\"degrees\\": 21}\\n\`\`\`" }
  - name: breaks after some words
    match: { last_user_text: Break in the middle }
    respond: { content: one two three four five six seven eight nine ten }
    faults: [{ kind: error_event, at_event: 4, error: { type: overloaded_error } }]
  - name: ends without its end
    match: { last_user_text: Stop without an end }
    respond: { content: one two three four five six seven eight nine ten }
    faults: [{ kind: close_without_message_stop, at_event: 5 }]
  - name: busy at first
    match: { last_user_text: Busy at first }
    error: { type: rate_limit_error, retry_after_ms: 0 }
    times: 1000
    then:
      - respond: { content: Now there is room. }
  - name: overloaded at first
    match: { last_user_text: Overloaded at first }
    error: { type: overloaded_error, retry_after_ms: 0 }
    times: 1000
    then:
      - respond: { content: Now there is room. }
  - name: always busy
    match: { last_user_text: Always busy }
    error: { type: rate_limit_error, message: Come back later, retry_after_ms: 0 }
  - name: always overloaded
    match: { last_user_text: Always overloaded }
    error: { type: overloaded_error, retry_after_ms: 0 }
`;
