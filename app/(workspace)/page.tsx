export default function AskPage() {
  return <p className="p-8">Ask</p>;
}
