using System.Net;
using CondaFuse.Images;
using CondaFuse.Platform;

namespace CondaFuse.Registry.Distribution;

/// <summary>Reads content that is uploaded.</summary>
/// <param name="offset">Where to begin.</param>
/// <param name="destination">Receives the bytes.</param>
/// <returns>Bytes read; fewer than asked for only at the end.</returns>
internal delegate int ContentReader(long offset, Span<byte> destination);

/// <summary>A blob to upload.</summary>
/// <param name="Read">Reads its bytes.</param>
/// <param name="Blob">Its length and digest.</param>
internal sealed record BlobSource(ContentReader Read, Descriptor Blob)
{
    /// <summary>A blob in memory.</summary>
    public static BlobSource Of(byte[] content, Descriptor blob) => new(
        (offset, destination) =>
        {
            var part = content.AsSpan((int)offset, (int)Math.Min(destination.Length, content.Length - offset));
            part.CopyTo(destination);
            return part.Length;
        },
        blob);

    /// <summary>The body of a request with a part of the blob.</summary>
    /// <param name="offset">Its beginning in the blob.</param>
    /// <param name="length">Its length.</param>
    /// <param name="progress">Receives the position in the blob up to which it has been sent.</param>
    public HttpContent Part(long offset, long length, Action<long> progress) =>
        new SentPart(Read, offset, length, sent => progress(offset + sent));

    private sealed class SentPart : HttpContent
    {
        private const int PieceBytes = 128 << 10;
        private readonly ContentReader _read;
        private readonly long _start;
        private readonly long _length;
        private readonly Action<long> _progress;

        public SentPart(ContentReader read, long start, long length, Action<long> progress)
        {
            (_read, _start, _length, _progress) = (read, start, length, progress);
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(MediaTypes.Octets);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = new byte[Math.Min(PieceBytes, _length)];
            for (long done = 0; done < _length;)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, _length - done));
                Read(_start + done, piece.Span);
                await stream.WriteAsync(piece, cancellationToken);
                done += piece.Length;
                _progress(done);
            }
        }

        /// <exception cref="ImageException">Not one of the network, after which an upload would be tried again.</exception>
        private void Read(long position, Span<byte> destination)
        {
            try
            {
                if (_read(position, destination) < destination.Length)
                {
                    throw new ImageException(ImageFault.Truncated, "the archive became shorter while it was uploaded");
                }
            }
            catch (PlatformException failure)
            {
                throw new ImageException(ImageFault.ReadFailed, $"the archive cannot be read: {failure.Message}", failure);
            }
        }
    }
}
