package sluice.bench.client;

/** Told of each record, from threads of the client. */
public interface Acknowledged {

    /** All replicas have it. */
    void acknowledged(long intendedNs, int valueBytes);

    /** It may be there or not. */
    void failed(String why);
}
