// Lua patterns with a bill.
//
// A pattern such as ".-.-.-b" backtracks for hours inside one library call, which the instruction
// count does not see. So matching is done here: the pattern is compiled into items (a set of bytes
// is a bitmap), and every step is charged to the limit of the running call.
#include "Patterns.h"
#include <ctype.h>
#include <string.h>

// MARK: Compiling

static void add_byte(item *i, unsigned char byte) {
    i->set[byte >> 5] |= 1u << (byte & 31);
}

static int has_byte(const item *i, unsigned char byte) {
    return i->set[byte >> 5] >> (byte & 31) & 1;
}

static void invert(item *i) {
    for (int w = 0; w < 8; w += 1) i->set[w] = ~i->set[w];
}

static int is_zero(int byte) {
    return byte == 0;
}

// Adds the class of a letter as in "%a", or the byte itself when it names no class.
static void add_class(item *i, unsigned char letter) {
    int (*test)(int) = NULL;
    switch (tolower(letter)) {
        case 'a': test = isalpha; break;
        case 'c': test = iscntrl; break;
        case 'd': test = isdigit; break;
        case 'g': test = isgraph; break;
        case 'l': test = islower; break;
        case 'p': test = ispunct; break;
        case 's': test = isspace; break;
        case 'u': test = isupper; break;
        case 'w': test = isalnum; break;
        case 'x': test = isxdigit; break;
        case 'z': test = is_zero; break;
        default: add_byte(i, letter); return;
    }
    for (int byte = 0; byte < 256; byte += 1) {
        if ((test(byte) != 0) != (isupper(letter) != 0)) add_byte(i, (unsigned char)byte);
    }
}

// Reads "[…]" from the bracket on; returns the place after it.
static const char *read_set(lua_State *L, item *i, const char *at, const char *end) {
    at += 1;
    int negated = at < end && *at == '^';
    if (negated) at += 1;
    for (int is_first = 1;; is_first = 0) {
        if (at >= end) luaL_error(L, "malformed pattern (missing ']')");
        unsigned char byte = (unsigned char)*at++;
        if (byte == ']' && !is_first) break;
        if (byte == '%') {
            if (at >= end) luaL_error(L, "malformed pattern (missing ']')");
            add_class(i, (unsigned char)*at++);
        } else if (at + 1 < end && at[0] == '-' && at[1] != ']') {
            for (int b = byte; b <= (unsigned char)at[1]; b += 1) add_byte(i, (unsigned char)b);
            at += 2;
        } else {
            add_byte(i, byte);
        }
    }
    if (negated) invert(i);
    return at;
}

static const char *read_quantifier(item *i, const char *at, const char *end) {
    if (at < end && *at && strchr("?*+-", *at)) i->quantifier = *at++;
    return at;
}

// Reads what follows a '%'; returns the place after it.
static const char *read_escape(lua_State *L, item *i, const char *at, const char *end) {
    if (at >= end) luaL_error(L, "malformed pattern (ends with '%%')");
    unsigned char byte = (unsigned char)*at++;
    if (byte == 'b') {
        if (end - at < 2) luaL_error(L, "malformed pattern (missing arguments to '%%b')");
        i->kind = match_balance;
        i->first = (unsigned char)at[0];
        i->second = (unsigned char)at[1];
        return at + 2;
    }
    if (byte == 'f') {
        if (at >= end || *at != '[') luaL_error(L, "missing '[' after '%%f' in pattern");
        i->kind = match_frontier;
        return read_set(L, i, at, end);
    }
    if (isdigit(byte)) {
        if (byte == '0') luaL_error(L, "invalid capture index %%0 in pattern");
        i->kind = match_reference;
        i->first = (unsigned char)(byte - '1');
        return at;
    }
    i->kind = match_one;
    add_class(i, byte);
    return read_quantifier(i, at, end);
}

// Compiles into `items` (room for as many as the pattern has bytes); returns their number.
static int compile(lua_State *L, const char *at, const char *end, item *items) {
    int count = 0;
    while (at < end) {
        if (count >= most_items) luaL_error(L, "pattern too long (most: %d items)", most_items);
        item *i = &items[count++];
        memset(i, 0, sizeof *i);
        switch (*at) {
            case '(':
                i->kind = at + 1 < end && at[1] == ')' ? open_position : open_capture;
                at += i->kind == open_position ? 2 : 1;
                break;
            case ')':
                i->kind = close_capture;
                at += 1;
                break;
            case '%':
                at = read_escape(L, i, at + 1, end);
                break;
            case '[':
                i->kind = match_one;
                at = read_quantifier(i, read_set(L, i, at, end), end);
                break;
            case '$':
                if (at + 1 == end) {
                    i->kind = at_end;
                    at += 1;
                    break;
                }
                // fallthrough: elsewhere it is a byte like another
            default:
                i->kind = match_one;
                if (*at == '.') invert(i);
                else add_byte(i, (unsigned char)*at);
                at = read_quantifier(i, at + 1, end);
        }
    }
    return count;
}

// MARK: Matching

void pattern_bill(matcher *m) {
    int64_t steps = m->steps;
    m->steps = 0;
    bridge_charge(m->L, steps / steps_per_instruction);
}

void pattern_count(matcher *m, int64_t steps) {
    m->steps += steps;
    if (m->steps >= 4096) pattern_bill(m);
}

static const char *match(matcher *m, int index, const char *at);

static const char *match_quantified(matcher *m, int index, const char *at) {
    const item *i = &m->items[index];
    if (i->quantifier == '-') {
        for (;;) {
            const char *rest = match(m, index + 1, at);
            if (rest) return rest;
            if (at >= m->end || !has_byte(i, (unsigned char)*at)) return NULL;
            at += 1;
        }
    }
    ptrdiff_t least = i->quantifier == '+', most = 0;
    while (at + most < m->end && has_byte(i, (unsigned char)at[most])) {
        most += 1;
        if (i->quantifier == '?') break;
    }
    pattern_count(m, most);
    for (; most >= least; most -= 1) {
        const char *rest = match(m, index + 1, at + most);
        if (rest) return rest;
    }
    return NULL;
}

static const char *match_pair(matcher *m, const item *i, const char *at) {
    if (at >= m->end || (unsigned char)*at != i->first) return NULL;
    int64_t depth = 1;
    const char *from = at++;
    for (; at < m->end; at += 1) {
        if ((unsigned char)*at == i->second) {
            depth -= 1;
            if (depth == 0) {
                pattern_count(m, at - from);
                return at + 1;
            }
        } else if ((unsigned char)*at == i->first) {
            depth += 1;
        }
    }
    pattern_count(m, at - from);
    return NULL;
}

static int is_frontier(const matcher *m, const item *i, const char *at) {
    unsigned char before = at == m->start ? 0 : (unsigned char)at[-1];
    unsigned char after = at == m->end ? 0 : (unsigned char)*at;
    return !has_byte(i, before) && has_byte(i, after);
}

static const char *match_again(matcher *m, const item *i, const char *at) {
    if (i->first >= m->level || m->captures[i->first].length == unfinished) {
        luaL_error(m->L, "invalid capture index %%%d in pattern", i->first + 1);
    }
    ptrdiff_t length = m->captures[i->first].length;
    if (length == position_only) return NULL;
    pattern_count(m, length / 16);
    if (m->end - at < length) return NULL;
    return memcmp(m->captures[i->first].start, at, (size_t)length) == 0 ? at + length : NULL;
}

static const char *match_open(matcher *m, int index, const char *at) {
    if (m->level >= most_captures) luaL_error(m->L, "too many captures");
    m->captures[m->level].start = at;
    m->captures[m->level].length =
        m->items[index].kind == open_position ? position_only : unfinished;
    m->level += 1;
    const char *rest = match(m, index + 1, at);
    if (!rest) m->level -= 1;
    return rest;
}

static const char *match_close(matcher *m, int index, const char *at) {
    int level = m->level - 1;
    while (level >= 0 && m->captures[level].length != unfinished) level -= 1;
    if (level < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[level].length = at - m->captures[level].start;
    const char *rest = match(m, index + 1, at);
    if (!rest) m->captures[level].length = unfinished;
    return rest;
}

// Recurses once an item at most, so its depth is bounded by `most_items`.
static const char *match(matcher *m, int index, const char *at) {
    for (; index < m->count; index += 1) {
        const item *i = &m->items[index];
        pattern_count(m, 1);
        switch (i->kind) {
            case match_one:
                if (i->quantifier) return match_quantified(m, index, at);
                if (at >= m->end || !has_byte(i, (unsigned char)*at)) return NULL;
                at += 1;
                break;
            case match_balance:
                at = match_pair(m, i, at);
                if (!at) return NULL;
                break;
            case match_frontier:
                if (!is_frontier(m, i, at)) return NULL;
                break;
            case match_reference:
                at = match_again(m, i, at);
                if (!at) return NULL;
                break;
            case open_capture:
            case open_position:
                return match_open(m, index, at);
            case close_capture:
                return match_close(m, index, at);
            case at_end:
                if (at != m->end) return NULL;
                break;
        }
    }
    return at;
}

const char *pattern_match(matcher *m, const char *at) {
    m->level = 0;
    return match(m, 0, at);
}

void pattern_prepare(
    matcher *m, lua_State *L, const char *subject, size_t length, const char *pattern,
    size_t pattern_length, item *room) {
    item *items = room;
    if (pattern_length > items_on_stack) {
        size_t most = pattern_length < most_items ? pattern_length : most_items;
        items = lua_newuserdatauv(L, most * sizeof *items, 0);
    }
    m->L = L;
    m->start = subject;
    m->end = subject + length;
    m->items = items;
    m->level = 0;
    m->steps = 0;
    m->count = compile(L, pattern, pattern + pattern_length, items);
}
