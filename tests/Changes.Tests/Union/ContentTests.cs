using CondaFuse.Changes.Union;

namespace CondaFuse.Changes.Tests.Union;

public class ContentTests
{
    /// <summary>The bytes of a model: the source in the upper half, the position in the lower.</summary>
    private static List<(ulong, long)> Bytes(Content? content)
    {
        var bytes = new List<(ulong, long)>();
        foreach (var (offset, extent) in Content.RunsIn(content))
        {
            Assert.Equal(bytes.Count, offset);
            for (var i = 0L; i < extent.Length; i++)
            {
                bytes.Add((extent.Source, extent.IsZeros ? 0 : extent.Start + i));
            }
        }

        return bytes;
    }

    [Fact]
    public void Random_edits_give_the_same_result_as_on_a_list_of_bytes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Content? content = null;
            var model = new List<(ulong, long)>();
            for (var step = 0; step < 100; step++)
            {
                var offset = random.Next(0, model.Count + 10);
                var length = random.Next(1, 20);
                var with = random.Next(3) == 0
                    ? new Extent(Extent.Zeros, 0, length)
                    : new Extent(random.Next(2) == 0 ? 7 : Extent.Data, random.Next(0, 50), length);
                switch (random.Next(5))
                {
                    case 0:
                        content = Content.Resize(content, offset);
                        Resize(model, offset);
                        break;
                    case 1 when offset < model.Count:
                        var taken = Math.Min(length, model.Count - offset);
                        Assert.Equal(model.GetRange(offset, taken), Bytes(Content.Slice(content, offset, length)));
                        content = Content.Join(Content.Split(content, offset).Before, Content.Split(content, offset + length).Behind);
                        model.RemoveRange(offset, taken);
                        break;
                    case 2 when offset < model.Count:
                        var (before, behind) = Content.Split(content, offset);
                        content = Content.Join(Content.Join(before, Content.Of(with)), behind);
                        model.InsertRange(offset, Bytes(Content.Of(with)));
                        break;
                    default:
                        content = Content.Overwrite(content, offset, Content.Of(with));
                        Resize(model, Math.Max(model.Count, offset + length));
                        var bytes = Bytes(Content.Of(with));
                        for (var i = 0; i < length; i++)
                        {
                            model[offset + i] = bytes[i];
                        }

                        break;
                }

                Assert.Equal(model, Bytes(content));
                Assert.Equal(model.Count(one => one.Item1 == Extent.Zeros), Content.ZerosOf(content));
                Assert.Equal(model.Count(one => one.Item1 == Extent.Data), Content.StoredOf(content));
                for (var at = 0; at <= model.Count; at += 7)
                {
                    Assert.Equal(model.FindIndex(at, one => one.Item1 == Extent.Zeros), Content.Seek(content, at, zeros: true));
                    Assert.Equal(model.FindIndex(at, one => one.Item1 != Extent.Zeros), Content.Seek(content, at, zeros: false));
                    if (at < model.Count)
                    {
                        var extent = content!.Find(at, out var into);
                        Assert.Equal(model[at], (extent.Source, extent.IsZeros ? 0 : extent.Start + into));
                    }
                }
            }
        }
    }

    [Fact]
    public void Appending_in_a_row_keeps_one_run()
    {
        Content? content = null;
        for (var i = 0; i < 1000; i++)
        {
            content = Content.Overwrite(content, i * 10, Content.Of(new Extent(Extent.Data, 500 + (i * 10), 10)));
        }

        Assert.Equal(1, Content.RunsOf(content));
    }

    [Fact]
    public void A_hundred_thousand_scattered_writes_are_found_quickly()
    {
        Content? content = null;
        for (var i = 0; i < 100_000; i++)
        {
            content = Content.Overwrite(content, (i * 7919L % 100_000) * 10, Content.Of(new Extent(Extent.Data, i * 20L, 10)));
        }

        Assert.Equal(100_000, Content.RunsOf(content));
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Equal(i * 20L, content!.Find((i * 7919L % 100_000) * 10, out _).Start);
        }
    }

    private static void Resize(List<(ulong, long)> model, int length)
    {
        if (length < model.Count)
        {
            model.RemoveRange(length, model.Count - length);
        }

        while (model.Count < length)
        {
            model.Add((Extent.Zeros, 0));
        }
    }
}
