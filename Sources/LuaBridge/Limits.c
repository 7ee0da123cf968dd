// Limits on memory and instructions, and interruption from outside.
//
// Once a limit has tripped it stays so until the host's call has ended: the hook then raises at
// every instruction, and `pcall`, `xpcall` and `coroutine.resume` hand the error on (see
// bridge_recheck), so no script can swallow it.
#include "Internal.h"
#include <stdlib.h>

static char limit_value;

void *bridge_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    bridge *b = context;
    // For a new block Lua passes the kind of object in place of a size.
    size_t old = block ? old_size : 0;
    if (new_size == 0) {
        b->used -= old;
        free(block);
        return NULL;
    }
    if (new_size > old) {
        size_t more = new_size - old;
        if (b->used > b->limit || more > b->limit - b->used) {
            // Lua collects and asks once more, then raises without a message handler: the
            // position must be taken here. An allocation refused twice overwrites the first.
            if (b->depth > 0 && !b->tripped) bridge_capture(b->running, b->report);
            return NULL;
        }
    }
    void *result = realloc(block, new_size);
    if (!result) return NULL;
    b->used += new_size - old;
    if (b->used > b->peak) b->peak = b->used;
    // One instruction may copy megabytes, so large blocks are billed as instructions.
    if (new_size >= 4096 && new_size > old) {
        b->count += (int64_t)((new_size - old) / 256);
        // As from a signal handler: look at the limit at the next instruction.
        if (b->count >= b->stop_at && b->hooked && !b->tripped && b->depth > 0) {
            bridge_install_hook(b->running);
        }
    }
    return result;
}

static void on_count(lua_State *L, lua_Debug *activation) {
    (void)activation;
    bridge *b = bridge_of(L);
    if (b->tripped) bridge_trip(L, b->tripped);
    if (bridge_is_interrupted(b)) bridge_trip(L, BRIDGE_INTERRUPTED);
    int urgent = lua_gethookcount(L) == 1;
    if (!urgent) b->count += BRIDGE_COUNT_QUANTUM;
    if (b->count >= b->stop_at) bridge_trip(L, BRIDGE_INSTRUCTIONS);
    // The call in a hurry ended before its next instruction; this is the one around it.
    if (urgent) bridge_install_hook(L);
}

void bridge_install_hook(lua_State *L) {
    bridge *b = bridge_of(L);
    int urgent = b->tripped || b->count >= b->stop_at;
    lua_sethook(L, on_count, LUA_MASKCOUNT, urgent ? 1 : BRIDGE_COUNT_QUANTUM);
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

void bridge_charge(lua_State *L, int64_t steps) {
    bridge *b = bridge_of(L);
    if (steps <= 0) return;
    const int64_t most = INT64_C(1) << 50;
    b->count += steps < most ? steps : most;
    if (bridge_is_interrupted(b)) bridge_trip(L, BRIDGE_INTERRUPTED);
    if (b->count >= b->stop_at) bridge_trip(L, BRIDGE_INSTRUCTIONS);
}

void bridge_recheck(lua_State *L, int status) {
    bridge *b = bridge_of(L);
    if (b->tripped) bridge_trip(L, b->tripped);
    if (status == LUA_ERRMEM) bridge_trip(L, BRIDGE_MEMORY);
}
