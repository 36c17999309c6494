// The studio between the terminal and its effects: one state, one way to change it.
// - Every change goes through `send`: `update` changes the state, the effects it returns go to the runner.
// - It runs on the event loop's thread alone and never waits for the model, the disk or the network.

import Foundation
import Studio
import Terminal

@UIActor
final class StudioApplication: TerminalApplication {
    private var state: StudioState
    private let runner: EffectRunner
    private(set) var needsPaint = true

    init(screen: TerminalScreen, features: TerminalFeatures, useASCII: Bool, runner: EffectRunner) {
        self.runner = runner
        let clock = Date()
        state = StudioState(
            size: features.size, now: clock.timeIntervalSince1970,
            utcOffsetSeconds: TimeZone.current.secondsFromGMT(for: clock),
            appearance: Appearance(ascii: useASCII))
        runner.deliver = { [weak self] in self?.send($0) }
        perform(state.start())
        runner.start()
    }

    func send(_ message: StudioMessage) {
        needsPaint = true
        perform(update(&state, message))
    }

    private func perform(_ effects: [StudioEffect]) {
        for effect in effects { runner.perform(effect) }
    }

    // MARK: TerminalApplication

    func handle(_ key: KeyPress) { send(.key(key)) }

    func resize(to size: ScreenSize) { send(.resized(size)) }

    func suspend() { perform([.suspend]) }

    func tick() { send(.tick(now: Date().timeIntervalSince1970)) }

    func terminate() {
        runner.mustFinish = true
        send(.terminated)
    }

    var tickSeconds: Double { state.isAnimating ? 0.1 : 5 }

    var isFinished: Bool { runner.isFinished }

    func frame() -> Frame {
        needsPaint = false
        return Studio.frame(of: state, size: state.size)
    }
}
