import { describe, expect, it } from 'vitest';
import { schemaDiff } from '../../../src/quality/schema-diff.js';

const shape = (text: string) => {
  const fields = text.split(' ').map((field) => field.split(':') as [string, string]);
  return { columns: fields.map(([name]) => name), types: fields.map(([, type = 'text']) => type) };
};
const diff = (before: string, now: string) =>
  schemaDiff(shape(before), shape(now)).map(
    ({ kind, column, was }) => `${kind} ${column}${was ? ` ${was}` : ''}`,
  );

describe('the difference between two days', () => {
  it('is nothing where nothing changed', () => {
    expect(diff('id:integer name', 'id:integer name')).toEqual([]);
  });

  it('is what came and went, each where it stands or stood', () => {
    expect(diff('id:integer price:decimal zone', 'id:integer zone stars:integer')).toEqual([
      'removed price',
      'added stars',
    ]);
  });

  it('names the column that was moved, not those it was moved past', () => {
    expect(diff('a b c d e', 'b c d e a')).toEqual(['moved a']);
    expect(diff('a b c d e', 'e a b c d')).toEqual(['moved e']);
  });

  it('suggests that a column was renamed, and says when its type changed with it or without', () => {
    expect(diff('id room_id:integer', 'id RoomId:integer')).toEqual(['renamed RoomId room_id']);
    expect(diff('id:integer n:integer', 'id:integer n')).toEqual(['retyped n']);
    // Of a column without values nothing is known.
    expect(diff('id n:null', 'id n:integer')).toEqual([]);
  });
});
