package sluice.consumer.dispatch;

import java.util.List;
import sluice.consumer.group.QueueReply;
import sluice.log.SluiceException;

/** Whoever called for messages; told once. */
public interface Receiver {

    /**
     * @param number of the answer
     */
    void received(long number, List<QueueReply.Message> messages);

    /** The answer of this number was lost on its way; the records are to be read again. */
    void again(long number, List<Lease> leases);

    void failed(SluiceException error);
}
