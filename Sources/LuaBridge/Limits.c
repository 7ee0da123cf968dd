// Limits on memory and instructions, and interruption from outside.
//
// Once a limit has tripped it stays so until the host's call has ended: the hook then raises at
// every instruction, and `pcall`, `xpcall` and `coroutine.resume` hand the error on (see
// bridge_recheck), so no script can swallow it.
#include "Internal.h"
#include <stdlib.h>
#include <time.h>

static char limit_value;

// MARK: Long strings
//
// One instruction compares two strings, however long they are, and nothing can be hooked in. So
// while two long strings are alive, every instruction may be the one that compares the shorter. The
// limits are looked at so often that they bite in time, and instructions cost more: little for
// strings of a megabyte, of which honest scripts hold some, and the whole comparison for those of
// sixty.
//
// `<` compares the pieces between zero bytes one by one, which takes longer by far than bytes do.
enum { long_size = 16384, bytes_per_unit = 1024, units_per_zero = 4, full_tax = 65536 };
// Of comparisons between two looks at the limits, in instructions: about a third of a second.
enum { most_between = 60000000 };

static void set_tax(bridge *b) {
    int64_t first = 0, tax = 0;
    for (size_t i = 0; i < b->long_count; i += 1) {
        int64_t cost = b->longs[i].cost;
        if (cost > first) {
            tax = first;
            first = cost;
        } else if (cost > tax) {
            tax = cost;
        }
    }
    if (tax == b->comparison) return;
    b->comparison = tax;
    b->tax = tax < full_tax ? tax * tax / full_tax : tax;
    if (b->hooked) bridge_install_hook(b->running);
}

static void add_long(bridge *b, const void *block, size_t size) {
    if (b->long_count == b->long_room) {
        size_t room = b->long_room ? 2 * b->long_room : 64;
        bridge_long *longs = realloc(b->longs, room * sizeof *longs);
        if (!longs) return;
        b->longs = longs;
        b->long_room = room;
    }
    b->longs[b->long_count++] =
        (bridge_long){block, size, (int64_t)(size / bytes_per_unit), 0};
    set_tax(b);
}

static void remove_long(bridge *b, const void *block) {
    for (size_t i = 0; i < b->long_count; i += 1) {
        if (b->longs[i].block != block) continue;
        b->longs[i] = b->longs[--b->long_count];
        set_tax(b);
        return;
    }
}

// Looks once at the bytes of long strings, which have none yet when they are allocated.
static void look_at_longs(bridge *b) {
    int isNew = 0;
    for (size_t i = 0; i < b->long_count; i += 1) {
        bridge_long *one = &b->longs[i];
        if (one->seen) continue;
        isNew = one->seen = 1;
        int64_t zeros = 0;
        for (size_t at = 0; at < one->size; at += 1) zeros += one->block[at] == 0;
        one->cost += units_per_zero * zeros;
    }
    if (isNew) set_tax(b);
}

static int quantum(const bridge *b) {
    if (b->comparison <= most_between / BRIDGE_COUNT_QUANTUM) return BRIDGE_COUNT_QUANTUM;
    return b->comparison < most_between ? (int)(most_between / b->comparison) : 1;
}

// MARK: Memory

// Whether that much more fits.
static int fits(const bridge *b, size_t more) {
    return b->used <= b->limit && more <= b->limit - b->used;
}

// As from a signal handler: look at the limit at the next instruction.
static void hurry(bridge *b) {
    if (b->count >= b->stop_at && b->hooked && !b->tripped && b->depth > 0) {
        bridge_install_hook(b->running);
    }
}

void *bridge_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    bridge *b = context;
    // For a new block Lua passes the kind of object in place of a size.
    size_t old = block ? old_size : 0;
    if (new_size == 0) {
        b->used -= old;
        if (old >= long_size) remove_long(b, block);
        free(block);
        return NULL;
    }
    if (new_size > old && !fits(b, new_size - old)) {
        // Lua collects and asks once more, then raises without a message handler: the
        // position must be taken here. An allocation refused twice overwrites the first.
        if (b->depth > 0 && !b->tripped) bridge_capture(b->running, b->report);
        return NULL;
    }
    void *result = realloc(block, new_size);
    if (!result) return NULL;
    b->used += new_size - old;
    if (b->used > b->peak) b->peak = b->used;
    // One instruction may copy megabytes, so large blocks are billed as instructions.
    if (new_size >= 4096 && new_size > old) {
        b->count += (int64_t)((new_size - old) / 256);
        hurry(b);
        if (!block && old_size == LUA_TSTRING && new_size >= long_size) {
            add_long(b, result, new_size);
        }
    }
    return result;
}

int bridge_claim(bridge *b, int64_t bytes) {
    if (bytes <= 0) {
        b->used -= (size_t)-bytes;
        return BRIDGE_OK;
    }
    if (!fits(b, (size_t)bytes)) {
        // As Lua itself does before it refuses.
        b->count += (int64_t)(b->used / 1024);
        lua_gc(b->running, LUA_GCCOLLECT);
    }
    int isFree = fits(b, (size_t)bytes);
    b->used += (size_t)bytes;
    if (b->used > b->peak) b->peak = b->used;
    if (isFree || (b->depth == 0 && b->scopes == 0)) return BRIDGE_OK;
    if (!b->tripped) {
        b->tripped = BRIDGE_MEMORY;
        bridge_capture(b->running, b->report);
    }
    return b->tripped;
}

// MARK: Looking at the limits

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// The limit that was passed, or BRIDGE_OK.
static int passed(const bridge *b) {
    if (b->tripped) return b->tripped;
    if (bridge_is_interrupted(b)) return BRIDGE_INTERRUPTED;
    if (b->count >= b->stop_at) return BRIDGE_INSTRUCTIONS;
    if (b->deadline != INT64_MAX && now() >= b->deadline) return BRIDGE_TIME;
    return BRIDGE_OK;
}

void bridge_look(lua_State *L) {
    int kind = passed(bridge_of(L));
    if (kind != BRIDGE_OK) bridge_trip(L, kind);
}

static void on_count(lua_State *L, lua_Debug *activation) {
    (void)activation;
    bridge *b = bridge_of(L);
    int urgent = lua_gethookcount(L) == 1;
    // Of a hurry the instructions are billed already, by what made it.
    if (!urgent || quantum(b) == 1) b->count += quantum(b) * (1 + b->tax);
    if (b->long_count > 1) look_at_longs(b);
    bridge_look(L);
    // The call in a hurry ended before its next instruction; this is the one around it. A coroutine
    // may have been hooked before strings grew long.
    if (urgent || lua_gethookcount(L) != quantum(b)) bridge_install_hook(L);
}

void bridge_install_hook(lua_State *L) {
    bridge *b = bridge_of(L);
    int urgent = b->tripped || b->count >= b->stop_at;
    lua_sethook(L, on_count, LUA_MASKCOUNT, urgent ? 1 : quantum(b));
}

int bridge_trip(lua_State *L, int kind) {
    bridge *b = bridge_of(L);
    if (!b->tripped) {
        b->tripped = kind;
        if (kind != BRIDGE_MEMORY) bridge_capture(L, b->report);
    }
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    lua_pushlightuserdata(L, &limit_value);
    return lua_error(L);
}

int bridge_interrupt(int *interruption, int value) {
    return __atomic_exchange_n(interruption, value, __ATOMIC_RELAXED);
}

// MARK: Billing

// No more than is left, so that the count never overflows.
static void bill(bridge *b, int64_t units) {
    const int64_t most = INT64_C(1) << 40;
    int64_t left = b->stop_at == INT64_MAX ? most : b->stop_at - b->count;
    if (units > 0 && left > 0) b->count += units < left ? units : left;
}

void bridge_charge(lua_State *L, int64_t steps) {
    if (steps <= 0) return;
    bill(bridge_of(L), steps);
    bridge_look(L);
}

int bridge_spend(bridge *b, int64_t units) {
    bill(b, units);
    if (b->depth == 0 && b->scopes == 0) return BRIDGE_OK;
    int kind = passed(b);
    if (kind != BRIDGE_OK && !b->tripped) {
        b->tripped = kind;
        bridge_capture(b->running, b->report);
    }
    return kind;
}

void bridge_recheck(lua_State *L, int status) {
    bridge *b = bridge_of(L);
    if (b->tripped) bridge_trip(L, b->tripped);
    if (status == LUA_ERRMEM) bridge_trip(L, BRIDGE_MEMORY);
}

void bridge_end(bridge *b, int kind) {
    if (b->tripped || b->depth == 0) return;
    b->tripped = kind;
    bridge_capture(b->running, b->report);
}

void bridge_note_limit(bridge *b, int kind) {
    b->report->limit = kind == BRIDGE_MEMORY ? b->allowed_bytes
                       : kind == BRIDGE_TIME ? b->allowed_nanoseconds
                                             : b->allowed_instructions;
}

// MARK: Stretches under limits

void bridge_enter(bridge *b, const bridge_limits *limits, bridge_scope *outer) {
    *outer = (bridge_scope){
        .stop_at = b->stop_at,
        .deadline = b->deadline,
        .allowed_instructions = b->allowed_instructions,
        .allowed_bytes = b->allowed_bytes,
        .allowed_nanoseconds = b->allowed_nanoseconds,
        .limit = b->limit,
        .tripped = b->tripped,
    };
    b->scopes += 1;
    // A stretch may narrow the limits around it, never widen them.
    if (limits->instructions >= 0) {
        if (b->stop_at - b->count > limits->instructions) {
            b->stop_at = b->count + limits->instructions;
            b->allowed_instructions = limits->instructions;
        }
        b->hooked = 1;
    }
    if (limits->nanoseconds >= 0) {
        int64_t start = now();
        if (b->deadline - start > limits->nanoseconds) {
            b->deadline = start + limits->nanoseconds;
            b->allowed_nanoseconds = limits->nanoseconds;
        }
        b->hooked = 1;
    }
    if (b->hooked && lua_gethook(b->running) == NULL) bridge_install_hook(b->running);
    if (limits->bytes >= 0 && fits(b, (size_t)limits->bytes)) {
        b->limit = b->used + (size_t)limits->bytes;
        b->allowed_bytes = limits->bytes;
    }
}

void bridge_settle(bridge *b, int tripped, int outer) {
    b->tripped = outer;
    // Where the limits around are passed too, what stands in the report stays: it says where.
    if (!outer && tripped && (b->depth > 0 || b->scopes > 0)) b->tripped = passed(b) ? tripped : 0;
    bridge_install_hook(b->running);
}

void bridge_leave(bridge *b, const bridge_scope *outer) {
    int tripped = b->tripped, isLate = tripped || b->count >= b->stop_at;
    b->scopes -= 1;
    b->stop_at = outer->stop_at;
    b->deadline = outer->deadline;
    b->limit = outer->limit;
    b->allowed_instructions = outer->allowed_instructions;
    b->allowed_bytes = outer->allowed_bytes;
    b->allowed_nanoseconds = outer->allowed_nanoseconds;
    if (isLate) bridge_settle(b, tripped, outer->tripped);
}

// MARK: Objects under way

void *bridge_function(const bridge *b) {
    return b->frame ? b->frame->context : NULL;
}

void *bridge_hold(bridge *b, const void *object) {
    if (!b->frame) return NULL;
    for (size_t i = b->hold_count; i > 0; i -= 1) {
        const bridge_hold_entry *hold = &b->holds[i - 1];
        if (hold->object != object) continue;
        return hold->frame == b->frame ? NULL : hold->frame->context;
    }
    if (b->hold_count == b->hold_room) {
        size_t room = b->hold_room ? 2 * b->hold_room : 64;
        bridge_hold_entry *holds = realloc(b->holds, room * sizeof *holds);
        if (!holds) return b->frame->context;
        b->holds = holds;
        b->hold_room = room;
    }
    b->holds[b->hold_count++] = (bridge_hold_entry){object, b->frame};
    return NULL;
}
