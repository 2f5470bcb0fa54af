package sluice.client.error;

import org.jspecify.annotations.Nullable;

/** A compression is asked for, or met in what is read, whose library the application lacks. */
public final class MissingLibraryException extends SluiceClientException {

    private static final long serialVersionUID = 1L;

    private final String artifact;

    /**
     * @param artifact {@code group:artifact} to add
     */
    public MissingLibraryException(String what, String artifact, @Nullable Throwable cause) {
        super(
                "%s needs a library that is not there: add %s to the application"
                        .formatted(what, artifact),
                cause);
        this.artifact = artifact;
    }

    /** As {@code group:artifact}. */
    public String artifact() {
        return artifact;
    }
}
