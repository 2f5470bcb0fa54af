/**
 * The object store of S3 and of stores that speak like it: the only place that knows the AWS SDK.
 */
@NullMarked
package sluice.uploader.s3;

import org.jspecify.annotations.NullMarked;
