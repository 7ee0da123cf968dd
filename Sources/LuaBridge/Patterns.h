// Shared by Patterns.c (compiling and matching) and PatternFunctions.c (what scripts call).
#pragma once
#include "Internal.h"

enum { most_captures = 32, most_items = 400, items_on_stack = 16, steps_per_instruction = 4 };

enum kind { match_one, match_balance, match_frontier, match_reference, open_capture,
            open_position, close_capture, at_end };

typedef struct item {
    enum kind kind;
    char quantifier;              // 0, '?', '*', '+', '-'
    unsigned char first, second;  // balance: the pair; reference: the capture
    uint32_t set[8];
} item;

enum { unfinished = -1, position_only = -2 };

typedef struct matcher {
    lua_State *L;
    const char *start, *end;
    const item *items;
    int count;
    int level;
    int64_t steps;
    struct {
        const char *start;
        ptrdiff_t length;
    } captures[most_captures];
} matcher;

// Compiles the pattern: into `room` when it is short, else into a userdata left on the stack.
void pattern_prepare(
    matcher *m, lua_State *L, const char *subject, size_t length, const char *pattern,
    size_t pattern_length, item *room);
// The end of the match that begins here, or NULL.
const char *pattern_match(matcher *m, const char *at);
void pattern_count(matcher *m, int64_t steps);
// Charges the steps so far to the running call.
void pattern_bill(matcher *m);
