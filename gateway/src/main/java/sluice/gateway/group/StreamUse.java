package sluice.gateway.group;

import sluice.consumer.group.GroupRequest.Leave.Reason;

/**
 * What a stream is for, since its first frame said so: a member of a stream group, or a session of
 * a queue group. Called on the stream's event loop.
 */
interface StreamUse {

    /**
     * Takes a frame after the first.
     *
     * @throws sluice.gateway.problem.ProblemException or {@link sluice.log.SluiceException} if it
     *     is none that may come now: the stream ends
     */
    void take(JsonFields frame);

    /** Whether the socket takes more. */
    void writable(boolean isWritable);

    /** The stream is over, and what it held goes to others. More than once is as once. */
    void end(Reason reason);

    /**
     * The stream ends here, and goes on through another gateway.
     *
     * @param then called once, when all that the client is still to be given was written, or soon
     */
    void goElsewhere(Runnable then);

    /** The connection is closed; called once, last. */
    void gone();
}
