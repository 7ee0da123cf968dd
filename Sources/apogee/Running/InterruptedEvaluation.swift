import Foundation
import LuaHost

/// What Ctrl-C ends; written before the handler can run.
private nonisolated(unsafe) var running: LuaInterruption?

/// Makes Ctrl-C end what runs in Lua, in place of the program.
enum InterruptedEvaluation {
    /// Runs `body`. Ctrl-C ends it as soon as Lua goes on; another one, before that, ends the
    /// program.
    static func allowed(by interruption: LuaInterruption, _ body: () -> Void) {
        interruption.clear()
        running = interruption
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            if running?.request() ?? true { _exit(130) }
        }
        action.sa_flags = Int32(SA_RESTART)
        var before = sigaction()
        sigaction(SIGINT, &action, &before)
        // Who started the program may have blocked it.
        var signals = sigset_t()
        var mask = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &signals, &mask)
        body()
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        sigaction(SIGINT, &before, nil)
        interruption.clear()
    }
}
