/** What a script of Windows PowerShell is made of, as far as build VMs need it. */
export type Expression =
  | { is: 'value'; value: string | number | boolean | null }
  | { is: 'text'; parts: (string | Expression)[] }
  | { is: 'variable'; scope: string; name: string }
  | { is: 'splat'; name: string }
  | { is: 'array' | 'statements'; body: Statement[] }
  | { is: 'list'; items: Expression[] }
  | { is: 'table'; entries: [Expression, Statement][] }
  | { is: 'block'; block: Block }
  | { is: 'type'; name: string }
  | { is: 'cast'; type: string; of: Expression }
  | { is: 'member'; of: Expression; name: Expression; isStatic: boolean }
  | { is: 'invoke'; of: Expression; name: Expression; isStatic: boolean; args: Expression[] }
  | { is: 'index'; of: Expression; at: Expression }
  | { is: 'unary'; operator: string; of: Expression }
  | { is: 'binary'; operator: string; left: Expression; right: Expression }
  | { is: 'step'; target: Expression; by: 1 | -1 }

export type Argument = { parameter: string } | { value: Expression }
export type Command = {
  is: 'command'
  name: Expression
  args: Argument[]
  discards: string[]
  toFile: Expression | null
}
export type Block = { parameters: { name: string; fallback: Expression | null }[]; body: Statement[]; text: string }

export type Statement =
  | { is: 'pipeline'; parts: (Expression | Command)[] }
  | { is: 'assign'; target: Expression; operator: string; value: Statement }
  | { is: 'if'; branches: { condition: Statement; body: Statement[] }[]; otherwise: Statement[] }
  | { is: 'foreach'; name: string; of: Statement; body: Statement[] }
  | { is: 'for'; first: Statement | null; condition: Statement | null; next: Statement | null; body: Statement[] }
  | { is: 'while'; condition: Statement; body: Statement[]; isAfter: boolean; isUntil: boolean }
  | { is: 'switch'; of: Statement; cases: { match: Expression | null; body: Statement[] }[] }
  | { is: 'try'; body: Statement[]; handler: Statement[] | null; last: Statement[] }
  | { is: 'function'; name: string; block: Block }
  | { is: 'leave'; how: 'return' | 'exit' | 'throw' | 'break' | 'continue'; value: Statement | null }

export class PowerShellSyntaxError extends Error {}
