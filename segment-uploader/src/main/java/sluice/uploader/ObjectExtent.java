package sluice.uploader;

import sluice.log.object.Extent;

/**
 * An extent and the object it lies in.
 *
 * @param objectLengthBytes of the whole object
 */
public record ObjectExtent(String objectKey, long objectLengthBytes, Extent extent) {

    public ObjectExtent {
        if (objectKey.isEmpty() || extent.end() > objectLengthBytes) {
            throw new IllegalArgumentException(
                    "an extent does not fit its object: key='%s' objectLength=%d extent=%s"
                            .formatted(objectKey, objectLengthBytes, extent));
        }
    }
}
