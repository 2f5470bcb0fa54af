package sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.log.wal.MemberMachine;

/** Answers recoverers for this gateway's disk. Called on the engine's lane. */
final class MemberCalls {

    private static final int READ_BYTES_MAX = 4 << 20;

    private final EnginePorts ports;
    private final MemberMachine member;

    MemberCalls(EnginePorts ports, MemberMachine member) {
        this.ports = ports;
        this.member = member;
    }

    void fence(CallRequest.Fence request, Consumer<CallReply> answer) {
        ports.memberLane()
                .execute(() ->
                        member.fence(
                                request.segment(),
                                request.epoch(),
                                outcome -> answer.accept(new CallReply.FenceOutcome(outcome))));
    }

    void read(CallRequest.ReadSegment request, Consumer<CallReply> answer) {
        if (request.length() < 0 || request.length() > READ_BYTES_MAX || request.position() < 0) {
            answer.accept(
                    OwnerAppends.failed(
                            new SluiceException(
                                    SluiceException.Kind.INVALID,
                                    "malformed-frame",
                                    "a part of a segment has 0 to "
                                            + READ_BYTES_MAX
                                            + " bytes: length="
                                            + request.length())));
            return;
        }
        ports.background()
                .run(
                        ports.lane(),
                        () -> bytes(request),
                        outcome ->
                                answer.accept(
                                        switch (outcome) {
                                            case Outcome.Success<ByteBuffer>(var bytes) ->
                                                    new CallReply.SegmentBytes(bytes);
                                            case Outcome.Failure<ByteBuffer>(var error) ->
                                                    OwnerAppends.failed(error);
                                        }));
    }

    private ByteBuffer bytes(CallRequest.ReadSegment request) {
        ByteBuffer bytes = ByteBuffer.allocate(request.length());
        try {
            long position = request.position();
            while (bytes.hasRemaining()) {
                int read = ports.disk().read(request.segment(), position, bytes);
                if (read <= 0) {
                    break;
                }
                position += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }
}
