package sluice.client.produce;

/** What the machine counts since the beginning. */
final class Counters {
    long recordsTaken;
    long recordsAcked;
    long recordsFailed;
    long bytesAcked;
    long requests;
    long retries;
    long duplicates;
    long newEpochs;
}
