// The event loop of the studio: keys, signals and the jobs of `UIActor`, on the main thread.
// - It sleeps in poll(2) until something happens; if nothing does, it takes no processor time.
// - At most sixty frames a second are painted; changes in between are painted together.
// - The terminal is restored on every way out.

import CNcurses
import Glibc
import Studio

/// The program that the loop drives. It decides the meaning of keys and the content of the screen; the loop knows neither.
@UIActor
public protocol TerminalApplication: AnyObject {
    func handle(_ key: KeyPress)
    func resize(to size: ScreenSize)
    /// The process was asked to stop (SIGTSTP from outside): give back the terminal and stop, as Ctrl-Z does.
    func suspend()
    /// Called every `tickSeconds`.
    func tick()
    /// The process was asked to end (SIGTERM, a closed window): save, and finish soon.
    func terminate()
    var tickSeconds: Double { get }
    var isFinished: Bool { get }
    /// True if the screen differs from the last result of `frame`.
    var needsPaint: Bool { get }
    func frame() -> Frame
}

/// Why the studio cannot open here. The sentences name no commands: the caller adds its own.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    case noTerminal
    case unknownTerminal(name: String)
    case cannotPlaceCursor(name: String)

    public var description: String {
        switch self {
        case .noTerminal:
            "The studio needs a terminal on standard input and output, and there is none. Start it in one."
        case .unknownTerminal(let name):
            name.isEmpty
                ? "The studio needs a terminal, and TERM does not say which one this is. "
                    + "Set TERM, for example to xterm-256color."
                : "This system has no description of the terminal '\(name)'. "
                    + "Set TERM to another one, for example xterm-256color."
        case .cannotPlaceCursor(let name):
            "The terminal '\(name)' cannot place its cursor, so the studio cannot draw on it. Use another terminal."
        }
    }
}

/// Facts about the terminal on which the application's look depends.
public struct TerminalFeatures: Sendable {
    public var size: ScreenSize
    public var isUTF8: Bool
}

public enum TerminalLoop {
    /// The shortest time between two frames.
    private static let frameSeconds = 1.0 / 60

    /// Starts the terminal, runs the application until it is finished, and restores the terminal.
    ///
    /// Must be called on the main thread, which the loop keeps.
    /// - Throws: `TerminalError` if there is no terminal to draw on.
    public static func run(
        environment: [String: String], _ make: @UIActor (TerminalScreen, TerminalFeatures) -> any TerminalApplication
    ) throws {
        LoopExecutor.shared.bind()
        let name = environment["TERM"] ?? ""
        switch cn_start() {
        case CN_STARTED: break
        case CN_NO_TERMINAL: throw TerminalError.noTerminal
        case CN_CANNOT_PLACE_CURSOR: throw TerminalError.cannotPlaceCursor(name: name)
        default: throw TerminalError.unknownTerminal(name: name)
        }
        defer { cn_stop() }
        UIActor.assumed {
            let screen = TerminalScreen(
                palette: palette(environment: environment),
                drawsWholeClusters: WholeCluster.areDrawn(environment: environment))
            let features = TerminalFeatures(size: screen.size, isUTF8: cn_locale_is_utf8())
            let loop = Loop(
                screen: screen, application: make(screen, features),
                escapeSeconds: environment["SSH_TTY"] == nil ? 0.025 : 0.1)
            loop.run()
        }
    }

    private static func palette(environment: [String: String]) -> Palette {
        if let no = environment["NO_COLOR"], !no.isEmpty { return Palette(depth: .none) }
        let count = cn_colour_count()
        return Palette(depth: count >= 256 ? .extended : count >= 8 ? .basic : .none)
    }

    @UIActor
    private final class Loop {
        let screen: TerminalScreen
        let application: any TerminalApplication
        let escapeSeconds: Double
        var decoder = KeyDecoder()
        var lastPaint: Double = 0
        var lastTick: Double = 0
        var lastByte: Double = 0
        var inputEnded = false

        init(screen: TerminalScreen, application: any TerminalApplication, escapeSeconds: Double) {
            self.screen = screen
            self.application = application
            self.escapeSeconds = escapeSeconds
        }

        func run() {
            lastTick = now()
            while !application.isFinished {
                paintIfDue()
                wait()
                let time = now()
                if time - lastTick >= application.tickSeconds {
                    lastTick = time
                    application.tick()
                }
            }
        }

        private func paintIfDue() {
            guard application.needsPaint || screen.isStale else { return }
            let time = now()
            guard screen.isStale || time - lastPaint >= frameSeconds else { return }
            screen.paint(application.frame())
            lastPaint = now()
        }

        private func wait() {
            let executor = LoopExecutor.shared
            var descriptors = [
                pollfd(fd: executor.wakeDescriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: cn_signal_pipe(), events: Int16(POLLIN), revents: 0),
                pollfd(fd: inputEnded ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, nfds_t(descriptors.count), Int32(timeout() * 1000 + 0.999))
            // Keys first: what was typed before a signal to end is kept.
            if ready > 0, descriptors[2].revents != 0 { readKeys() }
            if ready > 0, descriptors[1].revents != 0 { takeSignals(from: descriptors[1].fd) }
            if decoder.isWaiting, now() - lastByte >= (decoder.isPasting ? 2 : escapeSeconds) {
                deliver(decoder.flush())
            }
            executor.drain()
        }

        /// Seconds until something is due even if no event comes.
        private func timeout() -> Double {
            let time = now()
            var due = lastTick + application.tickSeconds
            if application.needsPaint { due = min(due, lastPaint + frameSeconds) }
            if decoder.isWaiting { due = min(due, lastByte + (decoder.isPasting ? 2 : escapeSeconds)) }
            return max(0, due - time)
        }

        private func readKeys() {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 {
                lastByte = now()
                deliver(decoder.decode(buffer[..<count]))
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                inputEnded = true  // the window is gone
                application.terminate()
            }
        }

        private func deliver(_ keys: [KeyPress]) {
            for key in keys where !application.isFinished { application.handle(key) }
        }

        private func takeSignals(from descriptor: Int32) {
            var numbers = [UInt8](repeating: 0, count: 64)
            let count = read(descriptor, &numbers, numbers.count)
            guard count > 0 else { return }
            for number in Set(numbers[..<count].map(Int32.init)) {
                switch number {
                case SIGWINCH: application.resize(to: screen.takeNewSize())
                case SIGCONT: screen.isStale = true
                case SIGTSTP: application.suspend()
                default: application.terminate()
                }
            }
        }

        private func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }
}
